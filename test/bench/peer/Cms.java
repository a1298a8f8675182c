import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Verifies one CMS message against one root again and again with BouncyCastle and prints verifications a second
 * for each line of milliseconds; message and signer's certificate are parsed anew each time, the root is kept.
 */
public final class Cms {
  public static void main(String[] args) throws Exception {
    Security.addProvider(new BouncyCastleProvider());
    byte[] message = Files.readAllBytes(Path.of(args[1]));
    CertificateFactory factory = CertificateFactory.getInstance("X.509", "BC");
    X509Certificate root = certificate(factory, Files.readAllBytes(Path.of(args[0])));
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
    parameters.setRevocationEnabled(false);
    CertPathValidator validator = CertPathValidator.getInstance("PKIX", "BC");
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      double length = Double.parseDouble(line) * 1e6;
      long start = System.nanoTime();
      long count = 0;
      while (System.nanoTime() - start < length) {
        CMSSignedData signed = new CMSSignedData(message);
        SignerInformation signer = signed.getSignerInfos().getSigners().iterator().next();
        X509CertificateHolder holder =
            (X509CertificateHolder) signed.getCertificates().getMatches(signer.getSID()).iterator().next();
        X509Certificate own = certificate(factory, holder.getEncoded());
        boolean holds = signer.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(own));
        if (!holds) throw new IllegalStateException("the signature does not hold");
        validator.validate(factory.generateCertPath(List.of(own)), parameters);
        count++;
      }
      System.out.println(count / ((System.nanoTime() - start) / 1e9));
    }
  }

  private static X509Certificate certificate(CertificateFactory factory, byte[] octets) throws Exception {
    return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(octets));
  }
}
