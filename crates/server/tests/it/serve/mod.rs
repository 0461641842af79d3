//! The server, by running the real program.

mod canary;
mod check;
mod client;
mod collect;
mod commands;
mod corpus;
mod crash;
mod decoded;
mod faults;
mod identity;
mod keys;
mod live;
mod memory;
mod operations;
mod orders;
mod plausible;
mod segment;
mod server;
mod tls;
