//! Fetching pictures from addresses that strangers type in.
//!
//! Whoever may name a URL to a server may send that server anywhere its network reaches: to a cloud's
//! metadata service, to a neighbour's admin page, to itself. Everything here exists so that it only ever
//! goes where its operator said, and so that no answer, however slow, long or cleverly redirected, costs
//! more than the policy allows.
//!
//! One [`FetchPolicy`] says what is allowed and one [`Fetcher`] carries it out. Each hop takes the same
//! road: the URL is parsed and its host checked, the name is resolved once and *every* answer
//! is classified ([`address`]), and the connection may only go to exactly the addresses that passed. There is
//! no second look-up, so a name that changes its mind in between gains nothing.
//!
//! These checks are the first layer. A network policy that keeps the process away from what it has no
//! business with is still worth having.

mod allow;
mod body;
mod client;
mod error;
mod local;
mod policy;
mod resolver;
mod target;

pub mod address;

/// Is told how many bytes of a picture are here, and how many there are if the far end said so.
pub type Watcher<'a> = &'a (dyn Fn(u64, Option<u64>) + Sync);

pub use self::allow::{Allow, ParseAllowError};
pub use self::client::{Fetched, Fetcher, LOOP_HEADER};
pub use self::error::{BuildError, Denied, FetchError};
pub use self::policy::{FetchMode, FetchPolicy};
pub use self::resolver::{Resolve, Resolving, SystemResolver};
