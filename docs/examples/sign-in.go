// A sign-in by plain HTTP: go run sign-in.go
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"strings"
)

func call(path string, body []byte) []byte {
	request, err := http.NewRequest(http.MethodPost, os.Getenv("STAND_SERVICE")+path, bytes.NewReader(body))
	check(err)
	id, secret, _ := strings.Cut(os.Getenv("STAND_CLIENT"), ":")
	request.SetBasicAuth(id, secret)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	check(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	check(err)
	if answer.StatusCode != http.StatusOK {
		log.Fatal(string(text))
	}
	return text
}

func main() {
	request := os.Getenv("STAND") + "/request.json"
	wanted, err := os.ReadFile(request)
	check(err)
	check(os.WriteFile("challenge.json", call("/v1/challenges", wanted), 0o600))
	// The person signs; here the stand's token does.
	signing := exec.Command("npx", "sealgate", "sign", "challenge.json",
		"--login", request, "--key", "head", "--out", "go.json")
	signing.Stderr = os.Stderr
	check(signing.Run())
	signed, err := os.ReadFile("go.json")
	check(err)
	var login struct {
		Organisation struct{ Name string }
	}
	check(json.Unmarshal(call("/v1/logins", signed), &login))
	fmt.Println(login.Organisation.Name)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
