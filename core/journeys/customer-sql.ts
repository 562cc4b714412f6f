/** The customer of the profile that `$source` knows as `$id`, as `customer_id`. */
export const customerOfProfileSql = `SELECT DISTINCT customer_id FROM identities
JOIN profiles USING (profile_id) WHERE profiles.source = $source AND external_id = $id`;

/** The golden record of `$customer`, every attribute as text. */
export const goldenRecordSql = `SELECT given_name, family_name, CAST(birth_date AS VARCHAR) AS birth_date, email, phone, city
FROM customers WHERE customer_id = $customer`;

/** The profiles of `$customer`: source, id, and the rule that tied it. */
export const profilesOfCustomerSql = `SELECT DISTINCT source, external_id AS id, coalesce(rule, method) AS rule, confidence
FROM identities JOIN profiles USING (profile_id) WHERE customer_id = $customer ORDER BY source, id`;
