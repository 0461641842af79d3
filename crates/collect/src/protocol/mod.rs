//! The protocols that clients speak, one file each: bytes become a [`Delivery`](super::Delivery). An adapter maps fields, and
//! decides nothing; what it cannot map is kept as a property, or named by one (`docs/protocols.md`).

pub mod own;
pub mod pixel;
pub mod plausible;
pub mod segment;
