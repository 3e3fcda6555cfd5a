//! Figures as people read them.

/// A probability with one decimal: `97.3%`.
pub(crate) fn percent(probability: f32) -> String {
    format!("{:.1}%", share(probability))
}

/// A difference of probabilities in percentage points with one decimal: `12.4`.
pub(crate) fn points(difference: f32) -> String {
    format!("{:.1}", share(difference))
}

/// A probability with as many decimals as it takes to tell it from nothing: `0.0031%`.
pub(crate) fn percent_of_all(probability: f32) -> String {
    match share(probability) {
        share if share >= 0.05 || share == 0.0 => format!("{share:.1}%"),
        share if share >= 0.000_001 => {
            let decimals = (1.0 - share.log10().floor()) as usize;
            format!("{share:.decimals$}%")
        }
        _ => "< 0.000001%".to_owned(),
    }
}

/// A probability as a number of percent, whatever the network has come up with.
pub(crate) fn share(probability: f32) -> f32 {
    // `clamp` lets NaN through.
    if probability.is_nan() { 0.0 } else { probability.clamp(0.0, 1.0) * 100.0 }
}

/// A duration, in the unit and with the digits that say something: `0.4 ms`, `38 ms`, `1.25 s`.
pub(crate) fn duration(ms: f64) -> String {
    if ms < 9.95 {
        format!("{:.1} ms", ms.max(0.0))
    } else if ms < 999.5 {
        format!("{ms:.0} ms")
    } else {
        format!("{:.2} s", ms / 1000.0)
    }
}

/// A size in bytes: `812 bytes`, `54 kB`, `1.2 MB`.
pub(crate) fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let exact = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.0} kB", (exact / 1e3).min(999.0)),
        _ => format!("{:.1} MB", exact / 1e6),
    }
}

/// A count with its thousands apart: `1,000`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut apart = String::with_capacity(digits.len() + 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::{count, duration, percent, percent_of_all, size};

    #[test]
    fn probabilities_have_one_decimal() {
        assert_eq!(percent(0.9734), "97.3%");
        assert_eq!(percent(1.0), "100.0%");
        assert_eq!(percent(0.0), "0.0%");
        assert_eq!(percent(f32::NAN), "0.0%");
        assert_eq!(percent(1.2), "100.0%");
    }

    #[test]
    fn a_small_probability_is_not_nothing() {
        assert_eq!(percent_of_all(0.5), "50.0%");
        assert_eq!(percent_of_all(0.000_031), "0.0031%");
        assert_eq!(percent_of_all(1e-12), "< 0.000001%");
        assert_eq!(percent_of_all(0.0), "0.0%");
    }

    #[test]
    fn durations_keep_the_digits_that_matter() {
        assert_eq!(duration(0.0), "0.0 ms");
        assert_eq!(duration(-0.2), "0.0 ms");
        assert_eq!(duration(9.94), "9.9 ms");
        assert_eq!(duration(9.96), "10 ms");
        assert_eq!(duration(999.4), "999 ms");
        assert_eq!(duration(999.6), "1.00 s");
        assert_eq!(duration(12_345.0), "12.35 s");
    }

    #[test]
    fn sizes_change_their_unit() {
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(54_321), "54 kB");
        assert_eq!(size(999_999), "999 kB");
        assert_eq!(size(1_250_000), "1.2 MB");
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(count(0), "0");
        assert_eq!(count(254), "254");
        assert_eq!(count(1_000), "1,000");
        assert_eq!(count(14_197_122), "14,197,122");
    }
}
