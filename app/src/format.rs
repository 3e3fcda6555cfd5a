//! Figures as people read them.

/// A probability with one decimal: `97.3%`.
pub(crate) fn percent(probability: f32) -> String {
    format!("{}%", fixed(share(probability), 1))
}

/// A difference of probabilities in percentage points with one decimal: `12.4`.
pub(crate) fn points(difference: f32) -> String {
    fixed(share(difference), 1)
}

/// A probability with as many decimals as it takes to tell it from nothing: `0.0031%`.
pub(crate) fn percent_of_all(probability: f32) -> String {
    match share(probability) {
        share if share >= 0.05 || share == 0.0 => format!("{}%", fixed(share, 1)),
        share if share >= 0.000_001 => {
            let decimals = (1.0 - share.log10().floor()) as u32;
            format!("{}%", fixed(share, decimals))
        }
        _ => "< 0.000001%".to_owned(),
    }
}

/// A probability as a number of percent, whatever the network has come up with.
pub(crate) fn share(probability: f32) -> f64 {
    // `clamp` lets NaN through.
    if probability.is_nan() { 0.0 } else { f64::from(probability.clamp(0.0, 1.0) * 100.0) }
}

/// A duration, in the unit and with the digits that say something: `0.4 ms`, `38 ms`, `1.25 s`.
pub(crate) fn duration(ms: f64) -> String {
    if ms < 9.95 {
        format!("{} ms", fixed(ms, 1))
    } else if ms < 999.5 {
        format!("{} ms", fixed(ms, 0))
    } else {
        format!("{} s", fixed(ms / 1000.0, 2))
    }
}

/// A size in bytes: `812 bytes`, `54 kB`, `1.2 MB`.
pub(crate) fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let exact = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", fixed((exact / 1e3).min(999.0), 0)),
        _ => format!("{} MB", fixed(exact / 1e6, 1)),
    }
}

/// A number that is not below 0 with so many decimals, of which it has room for nine: `12.40`.
///
/// What the standard library does the same with is exact to the last of a thousand digits, and
/// weighs more in the module than all that the page says.
pub(crate) fn fixed(number: f64, decimals: u32) -> String {
    let scale = 10_u64.pow(decimals);
    let scaled = (number * scale as f64).round_ties_even() as u64;
    let (whole, part) = (scaled / scale, scaled % scale);
    match decimals as usize {
        0 => whole.to_string(),
        width => format!("{whole}.{part:0width$}"),
    }
}

/// A number in as few digits as say it, of which the first seven count: `0.98`, `1e-9`.
pub(crate) fn shortest(number: f64) -> String {
    #[cfg(target_arch = "wasm32")]
    {
        use web_sys::js_sys::{Number, parse_float};
        let rounded = Number::from(number).to_precision(7).map(String::from);
        let rounded = rounded.map_or(number, |it| parse_float(&it));
        Number::from(rounded).to_string_with_radix(10).map(String::from).unwrap_or_default()
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        let rounded: f64 = format!("{number:.6e}").parse().unwrap_or(number);
        serde_json::Number::from_f64(rounded).map(|it| it.to_string()).unwrap_or_default()
    }
}

/// A text in small letters, by which texts are found and sorted.
pub(crate) fn lowercase(text: &str) -> String {
    // The tables of the standard library weigh as much as a component.
    #[cfg(target_arch = "wasm32")]
    {
        web_sys::js_sys::JsString::from(text).to_lower_case().into()
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        text.to_lowercase()
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
    use super::{count, duration, fixed, percent, percent_of_all, shortest, size};

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
        assert_eq!(duration(12_346.0), "12.35 s");
    }

    #[test]
    fn decimals_are_filled_up_and_rounded() {
        assert_eq!(fixed(0.0, 2), "0.00");
        assert_eq!(fixed(0.996, 2), "1.00");
        assert_eq!(fixed(7.049, 1), "7.0");
        assert_eq!(fixed(-0.3, 1), "0.0");
        assert_eq!(fixed(f64::NAN, 1), "0.0");
    }

    #[test]
    fn numbers_for_programs_have_the_digits_they_need() {
        assert_eq!(shortest(f64::from(0.98_f32)), "0.98");
        assert_eq!(shortest(12.0), "12.0");
        assert_eq!(shortest(f64::from(1e-12_f32)), "1e-12");
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
