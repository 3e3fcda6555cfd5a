//! What went wrong.

use leptos::prelude::*;

use crate::{problem::Problem, texts::answer as texts};

/// A problem in words, announced at once to those who listen to the page.
///
/// Shown in place of an answer. Says when to try again if the server said so.
#[component]
pub fn ProblemView(
    /// What went wrong.
    problem: Problem,
) -> impl IntoView {
    let again = problem.retry_after.map(|seconds| {
        view! { <p class="problem__again">{texts::again(seconds)}</p> }
    });
    view! {
        <div class="problem" role="alert" data-code=problem.code>
            <p class="problem__title">{problem.title}</p>
            <p class="problem__detail">{problem.detail}</p>
            {again}
        </div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use leptos::prelude::*;

    use super::ProblemView;
    use crate::problem::Problem;

    #[test]
    fn says_what_happened_and_when_to_try_again() {
        let problem = Problem::new(429, "busy", "Too busy", "A <b>lot</b> is going on.");
        let html =
            Owner::new().with(|| view! { <ProblemView problem=problem.retry_after(1)/> }.to_html());
        assert!(html.contains(r#"role="alert""#), "{html}");
        assert!(html.contains("Too busy"), "{html}");
        assert!(html.contains("Try again in 1 second."), "{html}");
        assert!(!html.contains("<b>"), "a detail may quote what a stranger sent: {html}");
    }
}
