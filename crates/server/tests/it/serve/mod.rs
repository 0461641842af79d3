//! The server, by running the real program.

mod client;
mod collect;
mod crash;
mod keys;
mod live;
mod server;
