---
title: Digital share of interactions
unit: share
description: Interactions on web and app among all that customers started themselves.
---
SELECT avg(CASE WHEN channel IN ('web', 'app') THEN 1e0 ELSE 0e0 END) AS value
FROM events WHERE channel IN ('web', 'app', 'call', 'store')
