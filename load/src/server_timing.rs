//! The header `Server-Timing`, <https://www.w3.org/TR/server-timing/>.

use std::time::Duration;

/// The metrics of a header that have a duration, in its order. What cannot be read is left out.
pub(crate) fn durations(header: &str) -> impl Iterator<Item = (&str, Duration)> {
    header.split(',').filter_map(|metric| {
        let mut parts = metric.split(';').map(str::trim);
        let name = parts.next().filter(|name| !name.is_empty())?;
        let ms = parts.find_map(|part| {
            let (key, value) = part.split_once('=')?;
            (key.trim() == "dur").then(|| value.trim().trim_matches('"').parse::<f64>().ok())?
        })?;
        Some((name, Duration::try_from_secs_f64(ms / 1000.0).ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_milliseconds_are_read() {
        let header = "decode;dur=3.125, cache;desc=\"hit\", infer ; desc=x ; dur=\"4\", total;dur=-1, ;dur=1, a;dur=b";
        let read: Vec<_> = durations(header).collect();
        assert_eq!(
            read,
            [("decode", Duration::from_micros(3125)), ("infer", Duration::from_millis(4))]
        );
    }
}
