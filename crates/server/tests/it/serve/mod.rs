//! The server, by running the real program.

pub mod canary;
mod check;
pub mod client;
mod collect;
mod commands;
mod corpus;
mod crash;
mod decoded;
mod demo;
mod erasure;
mod exports;
mod faults;
mod identity;
mod keys;
mod live;
mod memory;
mod operations;
mod orders;
mod plausible;
mod proxies;
mod repeats;
mod sdk;
mod segment;
pub mod server;
mod silence;
mod tls;
