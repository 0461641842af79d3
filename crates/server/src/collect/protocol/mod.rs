//! The protocols that clients speak, one file each: bytes become a [`Delivery`](super::Delivery). An adapter maps fields, and
//! decides nothing.

pub mod own;
pub mod pixel;
