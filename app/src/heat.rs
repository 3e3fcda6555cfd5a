//! Heat maps in colours.

use crate::wire::HeatMap;

/// The colours of viridis at equal distances, from nothing to everything: people who see fewer
/// colours can read it by its brightness alone. The server paints with the same.
const VIRIDIS: [[u8; 3]; 18] = [
    [68, 1, 84],
    [72, 23, 105],
    [71, 42, 122],
    [67, 61, 132],
    [61, 78, 138],
    [53, 94, 141],
    [46, 109, 142],
    [41, 123, 142],
    [35, 137, 142],
    [31, 151, 139],
    [33, 165, 133],
    [46, 179, 124],
    [70, 192, 111],
    [101, 203, 94],
    [137, 213, 72],
    [176, 221, 47],
    [216, 226, 25],
    [253, 231, 37],
];

/// The map as `side * side` pixels of RGBA, with straight lines between the middles of the cells.
pub(crate) fn paint(map: &HeatMap, side: u32) -> Vec<u8> {
    let columns = usize::from(map.width).max(1);
    let rows = (map.levels.len() / columns).max(1);
    // The two cells on both sides of a pixel, and how far it is from the first to the second.
    let between = |pixel: u32, cells: usize| {
        let at = (pixel as f32 + 0.5) * cells as f32 / side as f32 - 0.5;
        let at = at.clamp(0.0, (cells - 1) as f32);
        (at as usize, (at as usize + 1).min(cells - 1), at.fract())
    };
    let mut pixels = Vec::with_capacity((side * side * 4) as usize);
    for y in 0..side {
        let (top, bottom, down) = between(y, rows);
        for x in 0..side {
            let (left, right, along) = between(x, columns);
            let level = |row: usize, column: usize| {
                map.levels.get(row * columns + column).map_or(0.0, |it| f32::from(*it))
            };
            let above = mix(level(top, left), level(top, right), along);
            let below = mix(level(bottom, left), level(bottom, right), along);
            pixels.extend(colour(mix(above, below, down) / f32::from(HeatMap::FULL)));
            pixels.push(255);
        }
    }
    pixels
}

/// Where most of it is, from the left and from the top, each in `0..=1`; `None` if nothing speaks
/// for the class.
pub(crate) fn centre(map: &HeatMap) -> Option<(f32, f32)> {
    let columns = usize::from(map.width).max(1);
    let rows = map.levels.len() / columns;
    let (mut sum, mut x, mut y) = (0.0, 0.0, 0.0);
    for (cell, level) in map.levels.iter().enumerate() {
        // Squares, so that a little of it everywhere does not count as the middle.
        let weight = f32::from(*level).powi(2);
        sum += weight;
        x += weight * ((cell % columns) as f32 + 0.5);
        y += weight * ((cell / columns) as f32 + 0.5);
    }
    (sum > 0.0).then(|| (x / sum / columns as f32, y / sum / rows as f32))
}

fn colour(weight: f32) -> [u8; 3] {
    let at = weight.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f32;
    let stop = (at as usize).min(VIRIDIS.len() - 2);
    let (from, to) = (VIRIDIS[stop], VIRIDIS[stop + 1]);
    [0, 1, 2].map(|i| mix(f32::from(from[i]), f32::from(to[i]), at - stop as f32).round() as u8)
}

fn mix(from: f32, to: f32, part: f32) -> f32 {
    from + (to - from) * part
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Prediction;

    fn map(width: u16, levels: &[u16]) -> HeatMap {
        let class = Prediction { index: 0, label: String::new(), probability: 1.0 };
        HeatMap { class, occlusion: false, width, levels: levels.to_vec() }
    }

    #[test]
    fn colours_are_those_of_the_server() {
        for step in 0..=255_u8 {
            let weight = f32::from(step) / 255.0;
            let theirs = colorous::VIRIDIS.eval_continuous(f64::from(weight));
            let ours = colour(weight);
            for (ours, theirs) in ours.into_iter().zip([theirs.r, theirs.g, theirs.b]) {
                // Nobody sees the difference.
                assert!(ours.abs_diff(theirs) <= 6, "{step}: {ours} for {theirs}");
            }
        }
    }

    #[test]
    fn between_the_middles_of_cells_lines_are_straight() {
        let pixels = paint(&map(2, &[0, 1000, 0, 1000]), 4);
        let at = |x: usize, y: usize| &pixels[(y * 4 + x) * 4..][..3];
        for y in 0..4 {
            assert_eq!(at(0, y), VIRIDIS[0]);
            assert_eq!(at(1, y), colour(0.25));
            assert_eq!(at(2, y), colour(0.75));
            assert_eq!(at(3, y), VIRIDIS[17]);
        }
        assert!(pixels.chunks(4).all(|pixel| pixel[3] == 255));
    }

    #[test]
    fn says_where_most_of_it_is() {
        assert_eq!(centre(&map(2, &[0, 0, 0, 0])), None);
        assert_eq!(centre(&map(2, &[0, 1000, 0, 0])), Some((0.75, 0.25)));
    }
}
