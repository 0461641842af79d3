// Texts of `src/definitions`.
// To do: its components still hold their texts (`tests/text/literals.test.js`).

export const definitions = {};
