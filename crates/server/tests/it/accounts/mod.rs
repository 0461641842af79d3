//! Accounts and access, by running the real program.

mod browser;
mod canary;
mod codes;
mod command;
mod csrf;
mod keys;
mod mail;
mod members;
mod oidc;
mod people;
mod roles;
mod sign_in;
mod takeover;
