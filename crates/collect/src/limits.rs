//! How much a client may send in a request. Plain numbers; each refusal names the one that was passed. How much an event can hold
//! is the same for all ways in: `waymark_model::normal::limits`.

/// Longest body as it is sent, in bytes.
pub const BODY_BYTES: usize = 1 << 20;
/// Longest body once it is inflated, in bytes.
pub const INFLATED_BYTES: usize = 2 << 20;
/// Most events of a request.
pub const EVENTS: usize = 500;
/// Bytes of bodies that are in memory at a time, over all requests.
pub const BODIES_BYTES: usize = 64 << 20;
/// Longest wait for the next piece of a body, in ms.
pub const BODY_WAIT_MS: u64 = 5_000;
/// Longest wait for the whole of a body, in ms.
pub const BODY_WHOLE_MS: u64 = 30_000;
