//! The pages.

mod home;
mod model;
mod not_found;

pub use home::Home;
pub use model::Model;
pub use not_found::NotFound;
