import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** A sign-in by plain HTTP: `java SignIn.java`. Java has no reader of JSON of its own; take the one that you have. */
public class SignIn {
    static String call(String path, String body) throws Exception {
        byte[] client = System.getenv("STAND_CLIENT").getBytes(StandardCharsets.UTF_8);
        HttpRequest request = HttpRequest.newBuilder(URI.create(System.getenv("STAND_SERVICE") + path))
            .header("Content-Type", "application/json")
            .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(client))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) throw new IllegalStateException(answer.body());
        return answer.body();
    }

    public static void main(String[] arguments) throws Exception {
        String request = System.getenv("STAND") + "/request.json";
        Files.writeString(Path.of("challenge.json"), call("/v1/challenges", Files.readString(Path.of(request))));
        // The person signs; here the stand's token does.
        Process signing = new ProcessBuilder(
            "npx", "sealgate", "sign", "challenge.json", "--login", request, "--key", "head", "--out", "java.json"
        ).inheritIO().start();
        if (signing.waitFor() != 0) throw new IllegalStateException("not signed");
        String login = call("/v1/logins", Files.readString(Path.of("java.json")));
        System.out.write((login + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
