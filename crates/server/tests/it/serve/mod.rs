//! The server, by running the real program.

mod canary;
mod client;
mod collect;
mod crash;
mod identity;
mod keys;
mod live;
mod server;
