/** A card number that passes the Luhn check, for tests and load: under the BIN 424242, which the acquirer approves. */
export function cardNumber(index: number): string {
  const body = `424242${String(index).padStart(9, '0')}`;
  const sum = Array.from(body)
    .reverse()
    .map((digit, position) => Number(digit) * (position % 2 === 0 ? 2 : 1))
    .reduce((total, doubled) => total + (doubled > 9 ? doubled - 9 : doubled), 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}
