---
title: Contacts
group: Interact
unit: contacts
description: Interactions that customers began themselves, by channel.
direction: none
chart: bar
filters: [city, channel]
---
SELECT CAST(occurred_at AS DATE) AS day, coalesce(city, 'unknown') AS city, channel, count(*) AS value
FROM events JOIN identities USING (profile_id) JOIN customers USING (customer_id)
WHERE channel IN ('web', 'app', 'call', 'store') AND occurred_at >= CAST($from AS TIMESTAMP) AND occurred_at < CAST($to AS TIMESTAMP)
GROUP BY CAST(occurred_at AS DATE), coalesce(city, 'unknown'), channel
