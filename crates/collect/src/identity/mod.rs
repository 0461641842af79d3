//! Whose an event is: pseudonyms that live one day or as long as a consent, and which of them counts. Pure functions; they must not
//! know requests, salts' files or sessions' memory. `docs/privacy-identity.md` says what this is worth.

pub mod audience;
pub mod choose;
pub mod consented;
pub mod day;

pub use audience::{Audience, Truncation};
pub use choose::{Choice, Known, OpenSession, choose};
pub use consented::{ConsentError, Consented};
pub use day::SaltDays;
