---
title: Satisfaction
group: Recommend
unit: score
description: The mean score that customers gave in surveys, from 1 to 5. Nothing where nobody is asked.
direction: up
target: 4
filters: [city, channel]
---
SELECT CAST(occurred_at AS DATE) AS day, coalesce(city, 'unknown') AS city, channel,
  sum(score) AS numerator, count(score) AS denominator
FROM ratings JOIN identities USING (profile_id) JOIN customers USING (customer_id)
WHERE occurred_at >= CAST($from AS TIMESTAMP) AND occurred_at < CAST($to AS TIMESTAMP)
GROUP BY CAST(occurred_at AS DATE), coalesce(city, 'unknown'), channel
