---
title: Profiles per customer
group: Data
unit: profiles
description: How many ids of the sources identity resolution ties to one person on average.
over: last
filters: [city]
---
SELECT CAST(CAST($to AS DATE) - INTERVAL '1' DAY AS DATE) AS day, coalesce(city, 'unknown') AS city,
  sum(profiles) AS numerator, count(*) AS denominator
FROM customers GROUP BY coalesce(city, 'unknown')
