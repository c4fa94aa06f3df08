-- The demo orders of Fernhollow's first line: the shipped system of record.
--
-- Read by bot/knowledge/orders.py (SqliteOrders), which makes an SQLite file of it
-- (var/demo_orders.sqlite). Set FIRSTLINE_ORDERS to use another file of this form.
--
-- Days count from the day on which somebody asks, so that these orders never grow
-- old: changed_in_days = -1 came into its state yesterday, expected_in_days = 2 is
-- due the day after tomorrow. Nothing is delivered on Sundays; what falls on one
-- comes on Monday.
--
-- People and addresses are invented; email addresses end in .example and belong to
-- nobody. Name and address are here to prove that the bot never says them.
--
-- Try these:
--   FH-482913  LS6 2AB   or nell.ashworth@mail.example   on its way
--   FH-530077  BS3 4QT   or j.okafor@post.example        delayed
--   FH-615204  EH9 1RU   or moira.sinclair@mail.example  returned, refund on its way
--   FH-700415  M14 5TP   or priya.raman@inbox.example    refund paid

CREATE TABLE number_format (
    prefix TEXT NOT NULL,       -- before the hyphen
    digits INTEGER NOT NULL     -- after it
);
INSERT INTO number_format VALUES ('FH', 6);

CREATE TABLE orders (
    number TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    postcode TEXT NOT NULL,
    email TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('confirmed', 'packed', 'dispatched',
        'delayed', 'delivered', 'cancelled', 'returned')),
    changed_in_days INTEGER NOT NULL CHECK (changed_in_days <= 0),
    expected_in_days INTEGER,   -- day of delivery; for those not yet delivered
    carrier TEXT,               -- once it has left
    refund TEXT NOT NULL DEFAULT 'none' CHECK (refund IN ('none', 'pending', 'paid')),
    refund_in_days INTEGER,     -- when it was paid, or is due
    CHECK (state NOT IN ('confirmed', 'packed', 'dispatched', 'delayed')
        OR expected_in_days IS NOT NULL),
    CHECK (state NOT IN ('dispatched', 'delivered') OR carrier IS NOT NULL),
    CHECK ((refund = 'none') = (refund_in_days IS NULL))
);

INSERT INTO orders (number, name, address, postcode, email, state,
    changed_in_days, expected_in_days, carrier, refund, refund_in_days) VALUES
-- placed, waiting to be packed
('FH-401122', 'Tomasz Wrobel', '14 Larkspur Close, Reading', 'RG4 7DX', 'tomasz.w@mail.example', 'confirmed', 0, 3, NULL, 'none', NULL),
('FH-401187', 'Gwen Prothero', '2 Chapel Row, Brecon', 'LD3 9BN', 'gwen.prothero@post.example', 'confirmed', -1, 4, NULL, 'none', NULL),
('FH-401255', 'Hamish Drummond', '8 Harbour Brae, Stornoway', 'HS1 2QF', 'hdrummond@inbox.example', 'confirmed', 0, 6, NULL, 'none', NULL),
('FH-401301', 'Bella Quigley', 'Flat 3, 60 Quayside Walk, Newcastle', 'NE1 3DE', 'bella.q@mail.example', 'confirmed', -2, 9, NULL, 'none', NULL),
('FH-401344', 'Sean Mulcahy', '21 Grattan Terrace, Cork', 'T12 X70A', 'sean.mulcahy@post.example', 'confirmed', 0, 5, NULL, 'none', NULL),
-- packed, waiting for the courier
('FH-410019', 'Ottoline Marsh', '5 Weir Cottages, Marlow', 'SL7 1PR', 'ottoline@mail.example', 'packed', 0, 2, NULL, 'none', NULL),
('FH-410058', 'Devon Clarke', '77 Sycamore Avenue, Leicester', 'LE2 3GH', 'dev.clarke@inbox.example', 'packed', -1, 1, NULL, 'none', NULL),
('FH-410093', 'Ffion Llewellyn', 'Tan-y-Bryn, Dolgellau', 'LL40 1UH', 'ffion.ll@post.example', 'packed', 0, 3, NULL, 'none', NULL),
('FH-410131', 'Kwame Asante', '112 Peckham Vale, London', 'SE15 4LZ', 'kwame.asante@mail.example', 'packed', -1, 2, NULL, 'none', NULL),
-- on their way
('FH-482913', 'Nell Ashworth', '31 Brudenell Mount, Leeds', 'LS6 2AB', 'nell.ashworth@mail.example', 'dispatched', -1, 1, 'DPD', 'none', NULL),
('FH-482950', 'Rory Finnegan', '9 Ormeau Rise, Belfast', 'BT7 3GG', 'rory.f@inbox.example', 'dispatched', -2, 2, 'Royal Mail', 'none', NULL),
('FH-483006', 'Yasmin Haddad', '40 Alma Crescent, Sheffield', 'S11 8ZA', 'yasmin.haddad@post.example', 'dispatched', -1, 0, 'Evri', 'none', NULL),
('FH-483071', 'Agnes Thorburn', 'Mill House, Kelso', 'TD5 7JT', 'agnes.thorburn@mail.example', 'dispatched', -3, 1, 'Parcelforce', 'none', NULL),
('FH-483114', 'Lukas Brandt', 'Lindenstrasse 18, Hamburg', '20095', 'lukas.brandt@mail.example', 'dispatched', -3, 4, 'DHL', 'none', NULL),
('FH-483199', 'Imogen Fairley', '3 Kiln Lane, Stroud', 'GL5 3QN', 'imogen.fairley@inbox.example', 'dispatched', 0, 1, 'DPD', 'none', NULL),
-- on their way, and overdue: people take over
('FH-484220', 'Clive Barraclough', '66 Westgate Hill, Wakefield', 'WF2 9SP', 'clive.b@post.example', 'dispatched', -8, -4, 'Evri', 'none', NULL),
('FH-484263', 'Nadia Karim', '18 Station Parade, Luton', 'LU1 4EW', 'nadia.karim@mail.example', 'dispatched', -6, -2, 'Royal Mail', 'none', NULL),
-- delayed, with a new date
('FH-530077', 'Jude Okafor', '54 North Street, Bristol', 'BS3 4QT', 'j.okafor@post.example', 'delayed', -2, 5, NULL, 'none', NULL),
('FH-530112', 'Saskia Verhoeven', '7 Orchard Way, Cambridge', 'CB4 1PL', 'saskia.v@inbox.example', 'delayed', -1, 8, NULL, 'none', NULL),
('FH-530168', 'Dilys Beynon', '29 Mumbles Lane, Swansea', 'SA3 4BX', 'dilys.beynon@mail.example', 'delayed', -4, 3, NULL, 'none', NULL),
-- delivered
('FH-560031', 'Arthur Pemberton', '1 Rectory Gardens, York', 'YO10 5DU', 'arthur.pemberton@post.example', 'delivered', -1, NULL, 'DPD', 'none', NULL),
('FH-560084', 'Mei Tanaka', '23 Clifton Wood, Bristol', 'BS8 4TG', 'mei.tanaka@inbox.example', 'delivered', 0, NULL, 'Royal Mail', 'none', NULL),
('FH-560127', 'Callum Reid', '4 Braid Rigg, Inverness', 'IV2 3HF', 'callum.reid@mail.example', 'delivered', -12, NULL, 'Parcelforce', 'none', NULL),
-- delivered, and a part of the price goes back
('FH-560190', 'Harriet Vane', '10 Mecklenburgh Mews, London', 'WC1N 2AD', 'harriet.v@post.example', 'delivered', -9, NULL, 'DPD', 'pending', 3),
-- cancelled
('FH-590044', 'Oisin Kearney', '38 Derry Walk, Liverpool', 'L8 1XE', 'oisin.k@mail.example', 'cancelled', -1, NULL, NULL, 'pending', 4),
('FH-590102', 'Beatrix Longstaff', '15 Fell View, Kendal', 'LA9 6QS', 'beatrix.l@inbox.example', 'cancelled', -9, NULL, NULL, 'paid', -5),
('FH-590155', 'Marcus Adeyemi', '81 Brixton Rise, London', 'SW9 8TR', 'marcus.adeyemi@post.example', 'cancelled', -3, NULL, NULL, 'none', NULL),
-- returned
('FH-615204', 'Moira Sinclair', '12 Grange Loan, Edinburgh', 'EH9 1RU', 'moira.sinclair@mail.example', 'returned', -2, NULL, NULL, 'pending', 3),
('FH-615260', 'Edmund Blakeney', 'Old Forge, Ludlow', 'SY8 2BW', 'edmund.b@inbox.example', 'returned', -10, NULL, NULL, 'pending', -3),
('FH-700415', 'Priya Raman', '45 Platt Lane, Manchester', 'M14 5TP', 'priya.raman@inbox.example', 'returned', -6, NULL, NULL, 'paid', -2),
('FH-700468', 'Joan Hatherley', '6 Sea Mount, Whitby', 'YO21 3JU', 'joan.hatherley@post.example', 'returned', -20, NULL, NULL, 'paid', -15);
