---
title: Users who bought
unit: users
---
SELECT count(DISTINCT profile_id) AS value FROM events WHERE type = 'purchase'
