---
title: Net promoter score
group: Recommend
unit: points
description: Of those who were asked how likely they recommend us, from 0 to 10, the share of those who said 9 or 10 less that of those who said 6 or less, in points from -100 to 100. Nothing where nobody is asked.
direction: up
target: 30
filters: [city, channel]
---
SELECT CAST(occurred_at AS DATE) AS day, coalesce(city, 'unknown') AS city, channel,
  sum(CASE WHEN nps >= 9 THEN 100 WHEN nps <= 6 THEN -100 ELSE 0 END) AS numerator, count(nps) AS denominator
FROM ratings JOIN identities USING (profile_id) JOIN customers USING (customer_id)
WHERE nps IS NOT NULL AND occurred_at >= CAST($from AS TIMESTAMP) AND occurred_at < CAST($to AS TIMESTAMP)
GROUP BY CAST(occurred_at AS DATE), coalesce(city, 'unknown'), channel
