"""The photographs that are compared on, by name."""

# In the packages scikit-image and scikit-learn; the others there are drawings and masks.
PHOTOGRAPHS = """astronaut brick camera cell chelsea clock_motion coffee coins grass gravel hubble_deep_field ihc moon
motorcycle_left motorcycle_right page retina rocket china flower""".split()
