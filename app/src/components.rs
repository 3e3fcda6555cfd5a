//! What the pages are made of.

mod answer;
mod banner;
mod batch_table;
mod camera;
mod compare;
mod copy_as;
pub(crate) mod desk_view;
mod examples;
mod facts;
mod find_class;
#[cfg(feature = "ssr")]
pub(crate) mod frame;
mod held;
mod history_list;
mod model_header;
mod model_list;
mod picture_form;
mod predictions;
mod problem_view;
mod retry;
mod source_line;
mod state;
pub(crate) mod status_strip;
pub(crate) mod theme_switch;
mod timing;
mod toolbar;
mod wait;
mod why_button;
mod why_view;
mod why_wish;

pub use banner::Banner;
pub use facts::Facts;
#[cfg(feature = "ssr")]
pub(crate) use model_list::Cards;
pub(crate) use predictions::Predictions;
pub use problem_view::ProblemView;
pub use source_line::SourceLine;
pub use state::StateBadge;
pub use timing::TimingList;
