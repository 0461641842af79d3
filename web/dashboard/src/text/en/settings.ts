// Texts of `src/pages/settings`.
// To do: its components still hold their texts (`tests/text/literals.test.js`).

export const settings = {};
