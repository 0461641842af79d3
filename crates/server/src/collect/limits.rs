//! How much a client may send. Plain numbers; each refusal names the one that was passed.

/// Longest body as it is sent, in bytes.
pub const BODY_BYTES: usize = 1 << 20;
/// Longest body once it is inflated, in bytes.
pub const INFLATED_BYTES: usize = 2 << 20;
/// Most events of a request.
pub const EVENTS: usize = 500;
/// Deepest nesting of a JSON body.
pub const JSON_DEPTH: usize = 8;
/// Most properties of an event.
pub const PROPERTIES: usize = 50;
/// Longest property key, in bytes.
pub const KEY_BYTES: usize = 64;
/// Longest text of an event, in bytes.
pub const TEXT_BYTES: usize = 1 << 10;
/// Longest event name, in bytes.
pub const NAME_BYTES: usize = 128;
/// Bytes of bodies that are in memory at a time, over all requests.
pub const BODIES_BYTES: usize = 64 << 20;
/// Longest wait for the next piece of a body, in ms.
pub const BODY_WAIT_MS: u64 = 5_000;
/// Longest wait for the whole of a body, in ms.
pub const BODY_WHOLE_MS: u64 = 30_000;
