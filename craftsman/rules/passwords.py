"""Which passwords are refused: too short, on every attacker's list, or the login name in another dress."""

import re

SHORTEST = 10
# words that attackers put digits behind; none of them makes a password, however many digits follow
WORDS = frozenset(
    {
        *(
            "password",
            "passw0rd",
            "pass",
            "admin",
            "administrator",
            "root",
            "test",
            "guest",
            "user",
            "welcome",
            "login",
        ),
        *(
            "qwerty",
            "qwertyuiop",
            "qwer",
            "asdf",
            "asdfghjkl",
            "zxcvbnm",
            "qaz",
            "qazwsx",
            "abc",
            "abcd",
            "aa",
            "a",
            "q",
        ),
        *(
            "woaini",
            "iloveyou",
            "hebei",
            "gonghui",
            "gongjiang",
            "dagongjiang",
            "zonggonghui",
            "craftsman",
            "zgh",
            "hbzgh",
        ),
        *(
            "shijiazhuang",
            "beijing",
            "zhongguo",
            "china",
            "mima",
            "wo",
            "qq",
            "asd",
            "zxc",
            "letmein",
            "monkey",
            "dragon",
        ),
    }
)
COMMON = frozenset(
    {
        *("1234567890", "0123456789", "0987654321", "9876543210", "12345678910", "123456789a", "123456789q"),
        *("1q2w3e4r5t", "q1w2e3r4t5", "1qaz2wsx3edc", "1qazxsw23edc", "1q2w3e4r5t6y", "qazwsxedcrfv", "zaq12wsxcde3"),
        *("5201314520", "1314520520", "qwertyuiop", "asdfghjkl;", "zxcvbnm,./", "abcdefghij", "abcdefghijk"),
        *(
            "p@ssw0rd123",
            "p@ssword123",
            "password!@#",
            "woaini1314520",
            "iloveyou1314",
            "changeme123",
            "trustno1trustno1",
        ),
    }
)
FEWEST = 5
OWN = 6


def password_problem(login: str, password: str) -> str | None:
    """What is wrong with a password for this account, told to who chose it; None where nothing is."""
    plain = password.casefold()
    if len(password) < SHORTEST:
        return f"密码至少 {SHORTEST} 个字符，请换一个更长的密码。"
    if len(plain.replace(login.casefold(), "").replace(login.casefold()[::-1], "")) < OWN:
        return "密码不能由账号名加几个字符组成，请换一个密码。"
    word = re.sub(r"[\W\d_]+$", "", re.sub(r"^[\W\d_]+", "", plain))
    if plain in COMMON or word in WORDS or not word or len(set(plain)) < FEWEST:
        return "这个密码过于常见，容易被猜到；请换一个，例如把几个互不相干的词连起来。"
    return None
