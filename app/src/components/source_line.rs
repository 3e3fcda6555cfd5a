//! The picture that was classified.

use leptos::prelude::*;

use crate::{
    format,
    texts::answer as texts,
    wire::{Source, SourceKind},
};

/// What is known of the picture: its name, encoding, dimensions and size.
#[component]
pub fn SourceLine(
    /// The picture.
    source: Source,
) -> impl IntoView {
    let facts = describe(&source);
    let Source { kind, name, .. } = source;
    let name = name.map(|name| match kind {
        SourceKind::Url => view! {
            <a href=name.clone() rel="external noreferrer">{name.clone()}</a>
        }
        .into_any(),
        SourceKind::Upload | SourceKind::Example => name.into_any(),
    });
    view! {
        <div class="source-line">
            <p class="source-line__name">{name}</p>
            <p class="source-line__facts">{facts}</p>
        </div>
    }
}

fn describe(source: &Source) -> String {
    let Source { format, width, height, bytes, animated, .. } = source;
    let format = format.to_ascii_uppercase();
    let size = format::size(*bytes);
    let mut facts = format!("{format} · {width} × {height} · {size}");
    if *animated {
        facts.push_str(" · ");
        facts.push_str(texts::FIRST_FRAME);
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::describe;
    use crate::wire::{Source, SourceKind};

    #[test]
    fn describes_the_picture() {
        let mut source = Source {
            kind: SourceKind::Upload,
            name: None,
            format: "gif".to_owned(),
            width: 640,
            height: 480,
            bytes: 54_321,
            animated: false,
        };
        assert_eq!(describe(&source), "GIF · 640 × 480 · 54 kB");
        source.animated = true;
        assert_eq!(describe(&source), "GIF · 640 × 480 · 54 kB · first frame of several");
    }
}
