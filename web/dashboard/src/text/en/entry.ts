// Texts of `src/pages/entry`.
// To do: its components still hold their texts (`tests/text/literals.test.js`).

export const entry = {};
