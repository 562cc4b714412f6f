---
title: Cost to serve
group: Interact
unit: EUR
description: What the contacts of a day cost, by what one of its channel costs on average. The costs are assumptions until your controlling's replace them.
direction: down
chart: area
filters: [city, channel]
parameters:
  call_cost: { type: number, default: 6, description: Of a call with an agent. }
  store_cost: { type: number, default: 9, description: Of a visit to a shop. }
  digital_cost: { type: number, default: 0.1, description: Of a step on web or app. }
---
SELECT CAST(occurred_at AS DATE) AS day, coalesce(city, 'unknown') AS city, channel,
  sum(CASE channel WHEN 'call' THEN CAST($call_cost AS DOUBLE PRECISION) WHEN 'store' THEN CAST($store_cost AS DOUBLE PRECISION)
    ELSE CAST($digital_cost AS DOUBLE PRECISION) END) AS value
FROM events JOIN identities USING (profile_id) JOIN customers USING (customer_id)
WHERE channel IN ('web', 'app', 'call', 'store') AND occurred_at >= CAST($from AS TIMESTAMP) AND occurred_at < CAST($to AS TIMESTAMP)
GROUP BY CAST(occurred_at AS DATE), coalesce(city, 'unknown'), channel
