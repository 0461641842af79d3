//! Accounts and access, by running the real program.

mod browser;
mod csrf;
mod people;
mod roles;
mod sign_in;
