//! What the pages are made of.

mod answer;
mod banner;
mod examples;
mod facts;
pub(crate) mod frame;
mod model_header;
mod model_list;
mod picture_form;
mod predictions;
mod problem_view;
mod source_line;
mod state;
mod timing;

pub use answer::AnswerPanel;
pub use banner::Banner;
pub(crate) use examples::Examples;
pub use facts::Facts;
pub use model_header::ModelHeader;
pub use model_list::ModelList;
pub(crate) use picture_form::PictureForm;
pub use predictions::Predictions;
pub use problem_view::ProblemView;
pub use source_line::SourceLine;
pub use state::StateBadge;
pub(crate) use state::keep_fresh;
pub use timing::TimingList;
