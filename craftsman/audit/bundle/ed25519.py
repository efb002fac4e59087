"""Ed25519 (RFC 8032), checking only, with Python alone: many signatures under few keys, by tables of each key's multiples."""

import hashlib
from functools import cache

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)
ZERO = (0, 1, 1, 0)


def _add(a, b):
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    t, z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = y - x, z - t, z + t, y + x
    return e * f % P, g * h % P, f * g % P, e * h % P


@cache
def _multiples(raw):
    """Of the point with these 32 bytes: 0 to 255 times it, the same of 256 times it, and so on; None when it is none."""
    point = _point(raw)
    if point is None:
        return None
    rows = []
    for _ in range(32):
        row = [ZERO]
        for _ in range(255):
            row.append(_add(row[-1], point))
        rows.append(row)
        point = _add(row[-1], point)
    return rows


def _times(number, rows, found=ZERO):
    """`number` times the point of these multiples, added to `found`."""
    for row, digit in zip(rows, number.to_bytes(32, "little")):
        if digit:
            found = _add(found, row[digit])
    return found


def _point(raw):
    """A point from its 32 bytes, None when they are none."""
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * I % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _bytes(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = (4 * pow(5, P - 2, P) % P).to_bytes(32, "little")


def signature_holds(public, signature, message):
    """Whether `signature` (64 bytes) of `message` is by the key `public` (32 bytes)."""
    if len(signature) != 64 or len(public) != 32:
        return False
    rows, s = _multiples(public), int.from_bytes(signature[32:], "little")
    if rows is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    # s·B − k·A must be the R of the signature; −k is L − k, for A has the order L or is none of ours
    return _bytes(_times(L - k, rows, _times(s, _multiples(BASE)))) == signature[:32]
