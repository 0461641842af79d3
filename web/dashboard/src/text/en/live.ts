// Texts of `src/pages/live`.
// To do: its components still hold their texts (`tests/text/literals.test.js`).

export const live = {};
