/** `{"customer.email": …}` is what others write for a customer with an email. */
export function namesOf(name: string): readonly string[] {
  return name.includes('.') && name.length <= dottedMax ? name.split('.') : [name];
}

const dottedMax = 500;
