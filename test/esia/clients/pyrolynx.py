"""Drives pyrolynx/esia-client, unchanged: v1 in RSA, the ID token, the person and their collections."""
import json
import os
import sys
import urllib.parse
import urllib.request

sys.path.insert(0, os.environ["CLIENT"])
from esia_client import Auth, Scope, Settings  # noqa: E402

keys = os.environ["KEYS"]
settings = Settings(
    esia_client_id="SYSTEM",
    redirect_uri="https://portal.example/back",
    cert_file=f"{keys}/rsa.crt",
    private_key_file=f"{keys}/rsa.key",
    esia_service_url=os.environ["BASE"],
    scopes=[Scope.Authorization, Scope.Fullname, Scope.SNILS],
)
auth = Auth(settings)
address = urllib.parse.quote(auth.get_auth_url(), safe="")
with urllib.request.urlopen(f"{os.environ['BROWSER']}/?url={address}") as reply:
    answer = json.load(reply)
person = auth.complete_authorization(answer["code"])
info = person.get_person_main_info()
print(json.dumps({"oid": person.oid, "lastName": info["lastName"], "snils": info["snils"]}))
