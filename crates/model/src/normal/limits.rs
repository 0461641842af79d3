//! How much an event can hold, whatever way it comes in. Plain numbers; the rules that use them are beside this file.

/// Longest text of an event, in bytes.
pub const TEXT_BYTES: usize = 1 << 10;
/// Longest property key, in bytes.
pub const KEY_BYTES: usize = 64;
/// Most properties of an event.
pub const PROPERTIES: usize = 50;
/// Longest event name, in bytes.
pub const NAME_BYTES: usize = 128;
/// Deepest nesting of objects and arrays in JSON.
pub const JSON_DEPTH: usize = 8;
