INSERT INTO airlines VALUES
    ('AA', 'American Airlines Inc.'),
    ('B6', 'JetBlue Airways'),
    ('DL', 'Delta Air Lines Inc.'),
    ('UA', 'United Air Lines Inc.');

INSERT INTO airports VALUES
    ('EWR', 'Newark Liberty Intl', 40.6925, -74.168667, 18, -5, 'A', 'America/New_York'),
    ('JFK', 'John F Kennedy Intl', 40.639751, -73.778925, 13, -5, 'A', 'America/New_York'),
    ('LGA', 'La Guardia', 40.777245, -73.872608, 22, -5, 'A', 'America/New_York'),
    ('MIA', 'Miami Intl', 25.79325, -80.290556, 8, -5, 'A', 'America/New_York');

INSERT INTO planes VALUES
    ('N14228', 1999, 'Fixed wing multi engine', 'BOEING', '737-824', 2, 149, NULL, 'Turbo-fan'),
    ('N619AA', 1990, 'Fixed wing multi engine', 'BOEING', '757-223', 2, 178, NULL, 'Turbo-fan');

INSERT INTO flights VALUES
    (2013, 1, 1, 533, 529, 4, 850, 830, 20, 'UA', 1714, 'N14228', 'EWR', 'IAH', 227, 1416, 5, 29, '2013-01-01 10:00:00'),
    (2013, 1, 1, 542, 540, 2, 923, 850, 33, 'AA', 1141, 'N619AA', 'JFK', 'MIA', 160, 1089, 5, 40, '2013-01-01 10:00:00'),
    (2013, 1, 1, 544, 545, -1, 1004, 1022, -18, 'B6', 725, 'N804JB', 'JFK', 'BQN', 183, 1576, 5, 45, '2013-01-01 10:00:00'),
    (2013, 1, 1, NULL, 600, NULL, NULL, 837, NULL, 'DL', 461, 'N668DN', 'LGA', 'ATL', NULL, 762, 6, 0, '2013-01-01 11:00:00'),
    (2013, 1, 2, 611, 600, 11, 945, 929, 16, 'UA', 57, NULL, 'JFK', 'SFO', 366, 2586, 6, 0, '2013-01-02 11:00:00');
