//! Which codes share one flag, as data.

use crate::art::Pack;

/// Codes that `flag-icons` has beside ISO 3166-1 and that are classes here.
pub const CODES_BESIDE_ISO: &[&str] = &[
    "cp", "dg", "es-ct", "es-ga", "es-pv", "eu", "gb-eng", "gb-nir", "gb-sct", "gb-wls", "ic",
    "sh-ac", "sh-hl", "sh-ta", "un", "xk",
];

/// Groups of codes whose drawings in `flag-icons` are the same; the flag's owner stands first.
///
/// Found by comparing the renderings (`trainer sheet` repeats the comparison).
pub const MERGES: &[&[&str]] = &[
    &["au", "hm"],
    &["fr", "bl", "cp", "gf", "gp", "mf", "pm", "re", "wf", "yt"],
    &["gb", "sh"],
    &["io", "dg"],
    &["nl", "bq"],
    &["no", "bv", "sj"],
    &["us", "um"],
];

/// Drawings that are not used, because they show a territory's own flag where `flag-icons` has
/// its country's: as part of the country's class they would be wrong.
pub const LEFT_OUT: &[(Pack, &str)] = &[
    (Pack::Twemoji, "bl"),
    (Pack::Noto, "bl"),
    (Pack::Twemoji, "bq"),
    (Pack::Noto, "bq"),
    (Pack::Twemoji, "gf"),
    (Pack::Noto, "gf"),
    (Pack::Twemoji, "gp"),
    (Pack::Noto, "gp"),
    (Pack::Twemoji, "pm"),
    (Pack::Noto, "pm"),
    (Pack::Twemoji, "re"),
    (Pack::Noto, "re"),
    (Pack::Twemoji, "sh"),
    (Pack::Noto, "sh"),
    (Pack::Twemoji, "wf"),
    (Pack::Noto, "wf"),
    (Pack::Twemoji, "yt"),
    (Pack::Noto, "yt"),
];
