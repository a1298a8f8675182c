// Drives ofstudio/go-api-epgu, unchanged: v2/ac and v3/te, signed by OpenSSL's gost engine.
package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"

	"github.com/ofstudio/go-api-epgu/esia/aas"
)

type openssl struct{ key, hash string }

func (signer openssl) Sign(data []byte) ([]byte, error) {
	command := exec.Command("openssl", "dgst", "-engine", "gost", "-md_gost12_256", "-sign", signer.key)
	command.Stdin = strings.NewReader(string(data))
	return command.Output()
}

func (signer openssl) CertHash() string { return signer.hash }

func expect(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	keys := os.Getenv("KEYS")
	hash, err := os.ReadFile(keys + "/gost.hash")
	expect(err)
	signer := openssl{keys + "/gost.key", strings.TrimSpace(string(hash))}
	client := aas.NewClient(os.Getenv("BASE"), "SYSTEM", signer)
	redirect := "https://portal.example/back"
	address, err := client.AuthURI("openid fullname", redirect, nil)
	expect(err)
	reply, err := http.Get(os.Getenv("BROWSER") + "/?url=" + url.QueryEscape(address))
	expect(err)
	answer := map[string]string{}
	expect(json.NewDecoder(reply.Body).Decode(&answer))
	code, _, err := client.ParseCallback(url.Values{"code": {answer["code"]}, "state": {answer["state"]}})
	expect(err)
	token, err := client.TokenExchange(code, "openid fullname", redirect)
	expect(err)
	_, again := client.TokenExchange(code, "openid fullname", redirect)
	_, profile := client.TokenUpdate("1000000000", redirect)
	expect(json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"token": token.AccessToken != "", "again": again.Error(), "profile": profile.Error(),
	}))
}
