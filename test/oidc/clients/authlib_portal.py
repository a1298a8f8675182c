"""A portal's sign-in by Authlib, as its guide has it: prints the address to go to, reads the one that was come back to."""
import json
import os
import sys

from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, jwt
from authlib.oidc.core import CodeIDToken, UserInfo

issuer, client_id, client_secret, redirect_uri = (
    os.environ[name] for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URI")
)
session = OAuth2Session(
    client_id,
    client_secret,
    scope="openid organisation signer",
    redirect_uri=redirect_uri,
    code_challenge_method="S256",
    token_endpoint_auth_method=os.environ["METHOD"],
)
found = session.get(f"{issuer}/.well-known/openid-configuration", withhold_token=True).json()
verifier, nonce = "v" * 43, "n" * 22
address, state = session.create_authorization_url(
    found["authorization_endpoint"], code_verifier=verifier, nonce=nonce
)
print(address, flush=True)
token = session.fetch_token(
    found["token_endpoint"],
    authorization_response=sys.stdin.readline().strip(),
    code_verifier=verifier,
    state=state,
)
keys = JsonWebKey.import_key_set(session.get(found["jwks_uri"], withhold_token=True).json())
claims = jwt.decode(
    token["id_token"],
    keys,
    claims_cls=CodeIDToken,
    claims_options={"iss": {"value": found["issuer"]}, "aud": {"value": client_id}},
    claims_params={"nonce": nonce, "client_id": client_id, "access_token": token["access_token"]},
)
claims.validate()
info = UserInfo(session.get(found["userinfo_endpoint"]).json())
refreshed = session.refresh_token(found["token_endpoint"])
active = session.introspect_token(found["introspection_endpoint"], token=session.token["access_token"]).json()
session.revoke_token(found["revocation_endpoint"], token=session.token["access_token"])
after = session.introspect_token(found["introspection_endpoint"], token=session.token["access_token"]).json()
print(
    json.dumps(
        {
            "sub": claims["sub"],
            "organisation": info["organisation"]["name"],
            "refreshed": "id_token" in refreshed,
            "active": [active["active"], after["active"]],
        }
    ),
    flush=True,
)
