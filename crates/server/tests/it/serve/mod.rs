//! The server, by running the real program.

mod canary;
mod client;
mod collect;
mod corpus;
mod crash;
mod decoded;
mod identity;
mod keys;
mod live;
mod plausible;
mod segment;
mod server;
