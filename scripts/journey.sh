#!/usr/bin/env bash
# The whole journey with curl and a cookie jar, against a running demo (BASE and the account by environment).
set -euo pipefail
base=${BASE:-http://localhost:3000}
login=${LOGIN:-alice@example.test}
password=${PASSWORD:-coatcheck}
jar=$(mktemp)
page=$(mktemp)
trap 'rm -f "$jar" "$page"' EXIT

# A script has no Fetch Metadata: a header proves that no foreign page made this call, and for changes the Origin does.
call() { curl -sS -b "$jar" -c "$jar" -H 'X-Requested-With: curl' -H "Origin: $base" "$@"; }
# Follows a navigation and says where it ended.
visit() { curl -sSL -b "$jar" -c "$jar" -o "$page" -w '%{url_effective}' "$@"; }
hidden() { sed -n 's/.*name="'"$1"'"[^>]*value="\([^"]*\)".*/\1/p' "$page" | head -n 1; }
step() { printf '\n== %s\n' "$*"; }

step 'who am I?'
call "$base/bff/session"

step 'sign in: to the provider'
at=$(visit "$base/bff/login?return_to=/notes%3Ffrom%3Dcurl")
echo "$at"
origin=$(printf '%s' "$at" | sed -E 's#^(https?://[^/]+).*#\1#')

step 'its form, then its consent page, then home'
for _ in 1 2 3; do
  case $at in "$base"*) break ;; esac
  if grep -q 'name="password"' "$page"; then
    at=$(visit -H "Origin: $origin" --data-urlencode "token=$(hidden token)" --data-urlencode "login=$login" \
      --data-urlencode "password=$password" --data-urlencode 'decision=sign-in' "$at")
  else
    at=$(visit -H "Origin: $origin" --data-urlencode "token=$(hidden token)" --data-urlencode 'decision=allow' "$at")
  fi
  echo "$at"
done

step 'who am I now?'
call "$base/bff/session"

step 'what the API saw'
call "$base/api/me"

step 'a note: made, listed, changed, deleted'
call -H 'Content-Type: application/json' -d '{"title":"From curl","body":"No token in this jar."}' "$base/api/notes" | tee "$page"
id=$(sed -n 's/.*"id":"\{0,1\}\([^",}]*\).*/\1/p' "$page")
echo
call "$base/api/notes"
echo
call -X PATCH -H 'Content-Type: application/json' -d '{"title":"Changed"}' "$base/api/notes/$id"
call -X DELETE -o /dev/null -w '\n%{http_code}\n' "$base/api/notes/$id"

step 'from another site: refused'
curl -sS -b "$jar" -H 'Sec-Fetch-Site: cross-site' -o /dev/null -w '%{http_code}\n' "$base/api/notes"

step 'sign out, and try the old cookie'
cp "$jar" "$page"
call -X POST "$base/bff/logout"
echo
curl -sS -b "$page" -H 'X-Requested-With: curl' "$base/api/notes"
echo
