/**
 * Codes that are values wherever they stand. Of each list only what means nothing else to a programmer: PHP and TRY are currencies, IN and ID countries,
 * but not in an error message.
 */

const list = (codes: string): ReadonlySet<string> => new Set(codes.split(' '));

/** ISO 4217. */
export const currencies = list(
  'USD EUR GBP JPY CHF CAD AUD NZD SEK NOK DKK PLN CZK HUF BGN ISK INR CNY HKD SGD KRW THB IDR MYR BRL MXN ZAR ILS AED SAR RUB UAH CLP VND TWD EGP NGN KES QAR KWD PKR',
);

/** ISO 3166-1, as it stands after "for", "to", "from" and "in"; UK because people write it. */
export const countries = list(
  'DE FR ES CH US UK GB NL BE AT IT SE NO PL PT IE DK FI GR CZ HU RO BG SK LT LV EE LU CY NZ AU JP CN BR KR SG HK ZA TR UA',
);

/** ISO 639-1 of BCP 47 locales. */
export const languages = list(
  'ar bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl he hi hr hu id is it ja ka kk ko lt lv mk ms nb nl nn no pl pt ro ru sk sl sq sr sv th tr uk ur vi xx zh',
);

/** Postal codes of the states of the USA, after "state"; those that are words of a state machine are left out. */
export const statesOfTheUsa = list(
  'AL AK AZ AR CA CO CT DE FL GA ID IL IA KS KY LA MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH PA RI SC SD TN TX UT VT VA WA WV WI WY',
);

/** ISO 3166-2 of the countries whose parts have letters; with as many letters as they have there. */
export const subdivision =
  /^(?:(?:AE|AU|BR|CA|CH|CL|CN|DE|ES|HU|IT|NG|NL|RO|RU|US|ZA)-[A-Z]{2}|(?:AU|BE|FR|GB|MX|NZ)-[A-Z]{3}|(?:AR|ES|IE|SE)-[A-Z])$/;
