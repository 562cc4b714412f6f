---
title: Digital share of interactions
unit: share
description: Interactions on web and app among all that customers started themselves.
---
SELECT avg(CAST(CASE WHEN channel IN ('web', 'app') THEN 1 ELSE 0 END AS DOUBLE PRECISION)) AS value
FROM events WHERE channel IN ('web', 'app', 'call', 'store')
