//! Every word of the pages, in one place and one language, so that another can be put here.
//!
//! What the server says of a failed request is worded where it fails.

#![cfg_attr(not(feature = "ssr"), expect(dead_code, reason = "pages are rendered by the server"))]

/// The language, as the document names it.
pub(crate) const LANGUAGE: &str = "en";

/// Around every page.
pub(crate) mod frame {
    pub(crate) const SKIP: &str = "Skip to content";
    pub(crate) const DESCRIPTION: &str =
        "Image classifiers to try in the browser and to call over HTTP.";
    pub(crate) const THEME: &str = "Colours";
    pub(crate) const THEME_AUTO: &str = "As the system";
    pub(crate) const THEME_LIGHT: &str = "Light";
    pub(crate) const THEME_DARK: &str = "Dark";
    pub(crate) const PROMISE: &str = "Pictures are looked at and forgotten: the server stores \
        nothing, and this page loads nothing from elsewhere.";
    pub(crate) const API: &str = "API";
    pub(crate) const WAIT: &str = "One moment …";
}

/// `/`
pub(crate) mod home {
    pub(crate) const UNKNOWN: &str = "–";
    pub(crate) const TITLE: &str = "Models";
    pub(crate) const HEADING: &str = "Show it a picture";
    pub(crate) const LEAD: &str = "Each model here looks at a picture and says what it most \
        probably shows. Choose one, and try it with its examples or with pictures of your own.";
    pub(crate) const STATUS: &str = "Right now";
    pub(crate) const QUEUED: &str = "Waiting";
    pub(crate) const RUNNING: &str = "In the network";
    pub(crate) const ANSWERED: &str = "Answered";
    pub(crate) const REFUSED: &str = "Refused";
    pub(crate) const MEDIAN: &str = "Median time";
    pub(crate) const UNREACHABLE: &str = "The server does not answer.";
    pub(crate) const NOT_FOUND: &str = "Not found";
    pub(crate) const NOT_FOUND_HEADING: &str = "There is nothing on this shelf";
    pub(crate) const NOT_FOUND_LEAD: &str =
        "No model goes by this name. These are the ones on display:";
    pub(crate) const OUT_OF_ORDER: &str = "Out of order";
}

/// A model.
pub(crate) mod model {
    pub(crate) const READY: &str = "Ready";
    pub(crate) const STANDBY: &str = "Ready when asked";
    pub(crate) const UNLOADED: &str = "Unloaded";
    pub(crate) const LOADING: &str = "Loading";
    pub(crate) const FETCHING: &str = "Weights on their way";
    pub(crate) const ABSENT: &str = "Weights missing";
    pub(crate) const FAILED: &str = "Out of order";
    pub(crate) const ABOUT: &str = "About this model";
    pub(crate) const NETWORK: &str = "Network";
    pub(crate) const SEES: &str = "Sees";
    pub(crate) const KNOWS: &str = "Knows";
    pub(crate) const LICENCE: &str = "Licence";
    pub(crate) const WEIGHTS: &str = "Weights";
    pub(crate) const LOAD: &str = "Last minute";
    pub(crate) const BRINGS: &str = "This brings them: ";
    pub(crate) const BRINGS_WEIGHTS: &str = "This brings its weights: ";
    pub(crate) const LOADING_HELP: &str = "This takes a moment. The page notices when it is ready.";

    pub(crate) const UNLOADED_HELP: &str = "The operator of this server has unloaded it.";

    pub(crate) const UNTIL_THEN: &str = "Until then this one answers in its place:";

    pub(crate) fn computes(architecture: &str, compute: &str) -> String {
        format!("{architecture}, computes in {compute}")
    }

    pub(crate) fn answered_by(name: &str) -> String {
        format!("Answered by {name} for now.")
    }

    pub(crate) fn is_fetched(title: &str) -> String {
        format!("The weights of {title} are on their way")
    }

    pub(crate) fn part_is_here(part: &str, whole: &str) -> String {
        format!("{part} of {whole} are here.")
    }

    pub(crate) fn so_much_is_here(part: &str) -> String {
        format!("{part} are here.")
    }

    pub(crate) fn is_unloaded(title: &str) -> String {
        format!("{title} is not loaded")
    }

    pub(crate) fn pixels(side: u32) -> String {
        format!("{side} × {side} pixels")
    }

    pub(crate) fn classes(count: &str) -> String {
        format!("{count} classes")
    }

    pub(crate) fn pictures(count: &str) -> String {
        if count == "1" { "1 picture".to_owned() } else { format!("{count} pictures") }
    }

    pub(crate) fn is_loading(title: &str) -> String {
        format!("{title} is loading its weights")
    }

    pub(crate) fn is_absent(title: &str) -> String {
        format!("The weights of {title} are not on this server")
    }

    pub(crate) fn has_failed(title: &str) -> String {
        format!("{title} could not be loaded")
    }
}

/// Giving a picture.
pub(crate) mod ways {
    pub(crate) const HEADING: &str = "Your picture";
    pub(crate) const FILE: &str = "Choose pictures";
    pub(crate) const DROP: &str = "Drop pictures anywhere on the page, or paste one";
    pub(crate) const CAMERA: &str = "Use the camera";
    pub(crate) const ADDRESS: &str = "From an address";
    pub(crate) const PLACEHOLDER: &str = "https://…/picture.jpg";
    pub(crate) const CLASSIFY: &str = "Classify";
    pub(crate) const CLASSIFYING: &str = "Classifying …";
    pub(crate) const EXAMPLES: &str = "Or try one of these";
    pub(crate) const CREDITS: &str = "Picture credits";
    pub(crate) const LET_GO: &str = "Let go to classify";
    pub(crate) const PREVIEW: &str = "Your picture";
    pub(crate) const ASKED_HEADING: &str = "A link brought you here";
    pub(crate) const ASKED: &str = "It asks to classify the picture at this address:";
    pub(crate) const ASKED_EXAMPLE: &str = "It asks to classify the example:";
    pub(crate) const ASKED_YES: &str = "Classify it";

    pub(crate) fn limits(size: &str) -> String {
        format!("JPEG, PNG, WebP, GIF or BMP, up to {size} each")
    }
}

/// The camera.
pub(crate) mod camera {
    pub(crate) const HEADING: &str = "Camera";
    pub(crate) const TAKE: &str = "Take the picture";
    pub(crate) const CANCEL: &str = "Cancel";
    pub(crate) const STARTING: &str = "The browser asks whether this page may use the camera.";
    pub(crate) const INSECURE: &str = "Browsers let a page use the camera only over HTTPS or on \
        localhost. Choose a picture from a file instead.";
    pub(crate) const REFUSED: &str = "This page may not use the camera. Allow it in the \
        browser's settings for this site and try again, or choose a picture from a file.";
    pub(crate) const ABSENT: &str = "There is no camera on this device. Choose a picture from a \
        file instead.";
    pub(crate) const TAKEN: &str = "The camera is in use by another program. Close that one and \
        try again.";
    pub(crate) const BROKEN: &str = "The camera did not start. Choose a picture from a file \
        instead.";
}

/// Why a picture is not sent.
pub(crate) mod refusal {
    pub(crate) const EMPTY: &str = "The file is empty";
    pub(crate) const EMPTY_HELP: &str = "There is nothing in it. Nothing was sent.";
    pub(crate) const TOO_LARGE: &str = "The picture is too large";
    pub(crate) const FOREIGN_HELP: &str = "Save it as JPEG, PNG or WebP and try again. Nothing \
        was sent.";
    pub(crate) const FOREIGN_HEIC: &str = "Phones of Apple make these. Share the photo as “Most \
        compatible”, or save it as JPEG, and try again. Nothing was sent.";
    pub(crate) const FOREIGN_SVG: &str = "It is a drawing made of instructions. Export it as PNG \
        and try again. Nothing was sent.";
    pub(crate) const OTHER_HELP: &str = "Choose a picture: JPEG, PNG, WebP, GIF or BMP. Nothing \
        was sent.";
    pub(crate) const UNREADABLE: &str = "The picture could not be read";
    pub(crate) const UNREADABLE_HELP: &str =
        "The browser would not hand over the picture. Choose it once more.";

    pub(crate) fn foreign(kind: &str) -> String {
        format!("{kind} pictures cannot be read here")
    }

    pub(crate) fn other(kind: &str) -> String {
        format!("That is no picture ({kind})")
    }

    pub(crate) fn too_large(size: &str, limit: &str) -> String {
        format!("It has {size}; this model takes pictures of up to {limit}. Nothing was sent.")
    }
}

/// The answer.
pub(crate) mod answer {
    pub(crate) const HEADING: &str = "Answer";
    pub(crate) const NOTHING: &str =
        "Nothing on display yet. Choose an example, or show a picture of your own.";
    pub(crate) const CLASSES: &str = "Most probable classes";
    pub(crate) const KNOWN: &str = "The same picture was asked about before; this is that answer.";
    pub(crate) const SEEN: &str = "What the network saw";
    pub(crate) const SEEN_ALT: &str = "The picture as the network saw it";
    pub(crate) const SHOW: &str = "Classes shown";
    pub(crate) const TOLD_BUSY: &str = "Classifying the picture.";
    pub(crate) const IN_ALL: &str = "Answered in ";
    pub(crate) const UPLOAD: &str = "Upload";
    pub(crate) const FETCH: &str = "Fetching";
    pub(crate) const DECODE: &str = "Decoding";
    pub(crate) const QUEUE: &str = "Waiting";
    pub(crate) const INFERENCE: &str = "Network";
    pub(crate) const REST: &str = "Rest";
    pub(crate) const FIRST_FRAME: &str = "first frame of several";
    pub(crate) const FIND: &str = "Find a class";
    pub(crate) const FIND_LABEL: &str = "Part of its name";
    pub(crate) const FOUND_NONE: &str = "No class is called that.";
    pub(crate) const COMPARE: &str = "Compare with";
    pub(crate) const COMPARE_NONE: &str = "no other model";
    pub(crate) const COMPARE_GO: &str = "Compare";

    pub(crate) fn told(label: &str, percent: &str) -> String {
        format!("Most probably {label}, {percent}.")
    }

    pub(crate) fn margin(points: &str, second: &str) -> String {
        format!("{points} points ahead of {second}")
    }

    pub(crate) fn place(rank: &str, of: &str) -> String {
        format!("place {rank} of {of}")
    }

    pub(crate) fn again(seconds: u32) -> String {
        let unit = if seconds == 1 { "second" } else { "seconds" };
        format!("Try again in {seconds} {unit}.")
    }

    pub(crate) fn stands_in(model: &str, asked: &str) -> String {
        format!("Answered by {model}, which stands in for {asked}.")
    }

    pub(crate) fn named(title: &str) -> String {
        format!("Answer of {title}")
    }
}

/// While an answer is awaited.
pub(crate) mod wait {
    pub(crate) const SENDING: &str = "Sending …";
    pub(crate) const DECODING: &str = "Decoding the picture …";
    pub(crate) const NEXT: &str = "Next in line";
    pub(crate) const RUNNING: &str = "In the network …";
    pub(crate) const CANCEL: &str = "Cancel";
    pub(crate) const PROGRESS: &str = "Progress";
    pub(crate) const RETRY: &str = "Try again";

    pub(crate) fn fetching(part: &str, whole: Option<&str>) -> String {
        match whole {
            Some(whole) => format!("Fetching: {part} of {whole}"),
            None => format!("Fetching: {part}"),
        }
    }

    pub(crate) fn place(ahead: u32) -> String {
        format!("Place {} in the queue", ahead + 1)
    }

    pub(crate) fn hiding(done: u32, total: u32) -> String {
        format!("Hiding parts of the picture: {done} of {total}")
    }
}

/// Why a picture is taken for something.
pub(crate) mod why {
    pub(crate) const WHY: &str = "Why?";
    pub(crate) const OPACITY: &str = "Opacity";
    pub(crate) const METHOD: &str = "Method";
    pub(crate) const GRAD_CAM: &str = "Grad-CAM, at once";
    pub(crate) const OCCLUSION: &str = "Occlusion, slower";
    pub(crate) const BY_OCCLUSION: &str = "by occlusion";
    pub(crate) const BY_GRAD_CAM: &str = "by Grad-CAM";
    pub(crate) const SAVE: &str = "Save as PNG";
    pub(crate) const CLOSE: &str = "Close";
    pub(crate) const LITTLE: &str = "speaks little for it";
    pub(crate) const MUCH: &str = "speaks most for it";
    pub(crate) const WISH: &str = "Show why, too";
    pub(crate) const WISH_CLASS: &str = "For the class";
    pub(crate) const WISH_BEST: &str = "the most probable";
    pub(crate) const NOTHING: &str = "nothing in the picture speaks for it";

    pub(crate) fn heading(label: &str) -> String {
        format!("What speaks for {label}")
    }

    /// Where it is, by thirds of the picture.
    pub(crate) fn place(x: f32, y: f32) -> String {
        let third = |at: f32, names: [&'static str; 3]| names[((at * 3.0) as usize).min(2)];
        let (row, column) =
            (third(y, ["top", "middle", "bottom"]), third(x, ["left", "middle", "right"]));
        match (row, column) {
            ("middle", "middle") => "mostly in the middle".to_owned(),
            ("middle", side) => format!("mostly on the {side}"),
            (end, "middle") => format!("mostly at the {end}"),
            (end, side) => format!("mostly at the {end} {side}"),
        }
    }
}

/// Taking an answer along.
pub(crate) mod copy {
    pub(crate) const HEADING: &str = "Ask it from a program";
    pub(crate) const COPY: &str = "Copy";
    pub(crate) const COPIED: &str = "Copied";
    pub(crate) const LINK: &str = "Copy link";
    pub(crate) const PRINT: &str = "Print";
    pub(crate) const LANGUAGE: &str = "Language";
}

/// Several pictures at once.
pub(crate) mod batch {
    pub(crate) const HEADING: &str = "Several pictures";
    pub(crate) const TABLE: &str = "Their answers";
    pub(crate) const PICTURE: &str = "Picture";
    pub(crate) const NAME: &str = "Name";
    pub(crate) const LABEL: &str = "Class";
    pub(crate) const PROBABILITY: &str = "Probability";
    pub(crate) const TIME: &str = "Time";
    pub(crate) const WAITING: &str = "Waiting";
    pub(crate) const ASKING: &str = "Classifying …";
    pub(crate) const FAILED: &str = "Failed";
    pub(crate) const SHOW: &str = "Show";
    pub(crate) const RETRY: &str = "Retry";
    pub(crate) const RETRY_ALL: &str = "Retry failed";
    pub(crate) const CSV: &str = "Save as CSV";
    pub(crate) const JSON: &str = "Save as JSON";
    pub(crate) const CLEAR: &str = "Clear";

    pub(crate) fn pausing(seconds: u32) -> String {
        format!("Server busy, again in {seconds} s")
    }

    pub(crate) fn progress(done: usize, all: usize, failed: usize) -> String {
        if failed == 0 {
            format!("{done} of {all} answered")
        } else {
            format!("{done} of {all} answered, {failed} failed")
        }
    }

    pub(crate) fn too_many(most: usize) -> String {
        format!("Only the first {most} pictures were taken.")
    }
}

/// What this browser remembers.
pub(crate) mod history {
    pub(crate) const HEADING: &str = "Seen in this browser";
    pub(crate) const HELP: &str = "Kept on this device only.";
    pub(crate) const CLEAR: &str = "Delete all";
    pub(crate) const GONE: &str = "This picture is no longer kept";
    pub(crate) const GONE_HELP: &str = "The browser kept its answer but not the picture itself. \
        Choose the picture again.";
}
