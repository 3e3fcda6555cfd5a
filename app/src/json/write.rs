//! Writing JSON.

use crate::format::shortest;

/// What can be written.
pub(crate) trait Write {
    /// Puts it at the end of a text.
    fn write(&self, text: &mut String);
}

/// A value as JSON.
pub(crate) fn written(value: &impl Write) -> String {
    let mut text = String::new();
    value.write(&mut text);
    text
}

/// Puts an object of these fields at the end of a text, without those that are nothing.
pub(crate) fn object(text: &mut String, fields: &[(&str, &dyn Write)]) {
    let mut between = '{';
    for (name, value) in fields {
        let before = text.len();
        text.push(between);
        name.write(text);
        text.push(':');
        let start = text.len();
        value.write(text);
        if text.len() == start {
            text.truncate(before);
        } else {
            between = ',';
        }
    }
    text.push_str(if between == '{' { "{}" } else { "}" });
}

impl Write for str {
    fn write(&self, text: &mut String) {
        text.push('"');
        for character in self.chars() {
            match character {
                '"' | '\\' => {
                    text.push('\\');
                    text.push(character);
                }
                '\n' => text.push_str("\\n"),
                ' '.. => text.push(character),
                _ => text.push_str(&format!("\\u{:04x}", u32::from(character))),
            }
        }
        text.push('"');
    }
}

impl Write for &str {
    fn write(&self, text: &mut String) {
        (**self).write(text);
    }
}

impl Write for String {
    fn write(&self, text: &mut String) {
        self.as_str().write(text);
    }
}

impl Write for u64 {
    fn write(&self, text: &mut String) {
        text.push_str(&self.to_string());
    }
}

impl Write for u32 {
    fn write(&self, text: &mut String) {
        u64::from(*self).write(text);
    }
}

impl Write for u16 {
    fn write(&self, text: &mut String) {
        u64::from(*self).write(text);
    }
}

impl Write for f64 {
    fn write(&self, text: &mut String) {
        text.push_str(&shortest(*self));
    }
}

impl Write for f32 {
    fn write(&self, text: &mut String) {
        f64::from(*self).write(text);
    }
}

/// Nothing is no text at all, and leaves a field of an object out.
impl<T: Write> Write for Option<T> {
    fn write(&self, text: &mut String) {
        if let Some(value) = self {
            value.write(text);
        }
    }
}

impl<T: Write> Write for &T {
    fn write(&self, text: &mut String) {
        (**self).write(text);
    }
}

impl<T: Write> Write for [T] {
    fn write(&self, text: &mut String) {
        let mut between = '[';
        for item in self {
            text.push(between);
            item.write(text);
            between = ',';
        }
        text.push_str(if between == '[' { "[]" } else { "]" });
    }
}

impl<T: Write> Write for Vec<T> {
    fn write(&self, text: &mut String) {
        self.as_slice().write(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_survive() {
        let strange = "a\"b\\c\nd\te\u{1}\u{7f}é€🦀</script>";
        let read: String = serde_json::from_str(&written(&strange)).expect("JSON");
        assert_eq!(read, strange);
    }

    #[test]
    fn nothing_is_left_out() {
        let mut text = String::new();
        object(&mut text, &[("a", &None::<u32>), ("b", &vec![0.5_f32, 1e-9]), ("c", &None::<u32>)]);
        assert_eq!(text, r#"{"b":[0.5,1e-9]}"#);
        text.clear();
        object(&mut text, &[("a", &None::<u32>)]);
        assert_eq!(text + &written(&Vec::<u32>::new()), "{}[]");
    }
}
