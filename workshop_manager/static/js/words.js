// Counts words as workshop_manager/core/text.py does: pieces between Unicode white space that contain a letter or a number.
// Change both together; tests/core/test_text.py compares them. Not \s: it differs from Python's.
const SPACES = /[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;
const LETTER_OR_NUMBER = /[\p{L}\p{N}]/u;

/**
 * The number of words in a text.
 * @param {string} text
 * @returns {number}
 */
export function countWords(text) {
  return text.split(SPACES).filter((piece) => LETTER_OR_NUMBER.test(piece)).length;
}
