//! Asking why a picture is taken for something.

use leptos::prelude::*;

use crate::{
    asking::{Question, form},
    errand::Errand,
    wire::HeatMap,
};

/// Where the question is sent.
const WHY: &str = "/api/why";

/// The question which parts of one picture speak for a class.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Why {
    /// The map, as it is asked for.
    pub(crate) errand: Errand<HeatMap>,
    /// Number and label of the class that is asked about.
    pub(crate) class: RwSignal<Option<(u32, String)>>,
    /// Whether parts of the picture are to be hidden in order to find it out.
    pub(crate) occlusion: RwSignal<bool>,
}

impl Why {
    /// Nothing is asked yet.
    pub(crate) fn new() -> Self {
        Self { errand: Errand::new(), class: RwSignal::new(None), occlusion: RwSignal::new(false) }
    }

    /// Asks a model about a class, instead of what was asked before.
    pub(crate) fn ask(self, model: &str, question: Option<&Question>, class: u32, label: String) {
        let Some(question) = question else { return };
        self.close();
        self.class.set(Some((class, label)));
        let class = class.to_string();
        let method = if self.occlusion.get_untracked() { "occlusion" } else { "auto" };
        let form = form(model, question, &[("class", &class), ("method", method)]);
        self.errand.run(WHY, form);
    }

    /// Breaks off what is under way; the map before, if any, stays away.
    pub(crate) fn close(self) {
        self.errand.cancel();
        self.errand.outcome.set(None);
        self.class.set(None);
    }
}
